"""Reference client: files, follows and answers a report."""
