"""What `vitrine doctor` looks at: one module for each noun. Every look leaves all as it was, and nothing is raised."""
