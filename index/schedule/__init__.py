"""How does a system run souwen by itself, again and again?"""
