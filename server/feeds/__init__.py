"""What is read again and again: a product's notices, and the published revisions."""
