"""Who watches: what the models find becomes prompts, cards and sealed days, once and for ever."""
