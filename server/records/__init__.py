"""Records of processing activities (GDPR Art. 30) as files: what they say in English, and the forms that they have."""
