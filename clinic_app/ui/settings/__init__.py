"""The clinic's settings: the list of them, and the sheet that changes one."""
