"""How the service is watched: metrics, traces, slow operations, readiness, and what `vitrine doctor` looks at.

Nothing here holds a value: labels and attributes are names from the source, codes, and counts.
"""
