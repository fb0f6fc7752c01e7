"""From lines of text to a model folder: corpus, noise, tokenizer, model, training, calibration, export, evaluation.

Only ``model``, ``train``, ``checkpoint`` and ``export`` need PyTorch (the extra ``[torch]``); the rest runs without.
"""
