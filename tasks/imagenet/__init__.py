"""ImageNet and CIFAR-10: validation that the search never sees."""
