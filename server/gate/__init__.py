"""What stands between the network and the answers: who gets in, how fast, how much, and in which form."""
