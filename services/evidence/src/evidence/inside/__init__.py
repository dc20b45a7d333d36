"""What runs in the sandbox: hostile bytes in, their type, attachments and a clean copy out.

Nothing here has a secret, a network or a file outside the sandbox's memory. Stands on no other code of ours.
"""
