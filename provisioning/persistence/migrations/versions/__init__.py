"""One file per revision, forwards only: a release that went wrong is followed by a better one."""
