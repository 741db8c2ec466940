"""The people who work with the clinic: who may sign in, what they may do, their own passphrase and PIN."""
