"""Where a network looks: class activation maps, occlusion and feature maps of uploaded image models.

Models answer from the locked worker only; the arithmetic on what they answered is here, in numpy.
"""
