"""Other ways to train the same network, each as its own documentation recommends."""
