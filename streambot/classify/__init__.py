"""What judges a text: the model and its runtimes, the lexicon, the batcher and the cache in front of them."""
