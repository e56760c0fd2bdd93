"""The trusted side's knowledge: what is asked and what is right."""
