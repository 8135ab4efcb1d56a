# SPDX-License-Identifier: GPL-3.0-or-later
tool 1
name large-needle-driver
title da Vinci classic PSM, large needle driver 400006
version 1

# Source of the figures: jhu-dvrk/sawIntuitiveResearchKit 9e535e6, share/kinematic/PSM.json,
# share/tool/LARGE_NEEDLE_DRIVER_400006.json (coupling: 00bb61b). Modified DH; the base frame sits in the remote
# centre, with all joints at zero the shaft points along -z.
#     name         alpha   a        offset    d        least      most
joint yaw           90deg  0m        90deg    0m       -1.588rad  1.588rad
joint pitch        -90deg  0m       -90deg    0m       -0.925rad  0.925rad
joint insertion     90deg  0m       -0.4318m  0m       0m         0.24m
joint roll           0deg  0m         0deg    0.4162m  -260deg    260deg
joint wrist_pitch  -90deg  0m       -90deg    0m       -80deg     80deg
joint wrist_yaw    -90deg  0.0091m  -90deg    0m       -80deg     80deg
jaw -40deg 80deg

# Roll, wrist pitch, wrist yaw and jaw, each from the four motors (ActuatorToJointPosition there).
coupling -1.5632  0       0       0
coupling  0       1.0186  0       0
coupling  0      -0.8306  0.6089  0.6089
coupling  0       0      -1.2177  1.2177

# Positions: computed from that table by others than this program. Rotations: by a second program of ours.
check 0rad 0rad 0.1m 0rad 0rad 0rad = 0.000000mm 0.000000mm -93.500000mm 0.000000 1.000000 0.000000 1.000000 0.000000 0.000000 0.000000 0.000000 -1.000000
check 0.3rad -0.2rad 0.15m 0.5rad -0.4rad 0.25rad = 42.794255mm 31.414240mm -132.593198mm 0.261614 0.734434 0.626231 0.714829 -0.583398 0.385573 0.648519 0.346777 -0.677620
check -1rad 0.6rad 0.2m -2rad 1rad -1rad = -129.231731mm -104.266267mm -91.253346mm -0.743016 -0.462795 0.483475 -0.660703 0.391965 -0.640184 0.106768 -0.795100 -0.597006
