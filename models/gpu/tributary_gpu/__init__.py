"""Training of LoRA adapters with PyTorch: the same plan in, the same files out as models/train of TypeScript."""
