"""The pages: settings and timeline; their forms, panels and URLs."""
