"""The local AWS: MiniStack, and what it lacks for a pipeline to run as it would in an account.

Nothing of MiniStack is edited or copied: each module here rebinds the few names that it changes, before the
server starts.
"""
