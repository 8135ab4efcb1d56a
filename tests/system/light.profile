# For hands that grip lightly.
name light
presence-gripper 8deg a test's own hand
