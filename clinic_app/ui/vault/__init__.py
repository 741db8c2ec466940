"""Creating a clinic and opening one."""
