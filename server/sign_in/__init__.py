"""Signing in for pages: the issuer's access token, kept sealed in a cookie that counts for this service's own pages."""
