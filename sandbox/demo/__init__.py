"""What the sandbox shows on its first day: clients, their policies, and nine months of mail with them."""
