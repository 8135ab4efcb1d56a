# SPDX-License-Identifier: GPL-3.0-or-later
tool 1
name large-needle-driver-si
title da Vinci Si PSM as the dVRK drives it, large needle driver 420006
version 1

# Source of the figures: jhu-dvrk/sawIntuitiveResearchKit e864ba0, share/kinematic/PSM_Si.json (limits
# there "a bit approximative", from three arms); 0fcfe53, share/tool/LARGE_NEEDLE_DRIVER_420006.json. Modified DH; the base frame sits in the remote
# centre, with all joints at zero the shaft points along -z.
#     name         alpha   a        offset    d        least      most
joint yaw           90deg  0m        90deg    0m       -2.964rad  2.964rad
joint pitch        -90deg  0m       -90deg    0m       -1.265rad  1.301rad
joint insertion     90deg  0m       -0.4826m  0m       0m         0.29m
joint roll           0deg  0m         0deg    0.4670m  -260deg    260deg
joint wrist_pitch  -90deg  0m       -90deg    0m       -80deg     80deg
joint wrist_yaw    -90deg  0.0091m  -90deg    0m       -80deg     80deg
jaw -20deg 80deg

# Roll, wrist pitch, wrist yaw and jaw, each from the four motors (ActuatorToJointPosition there).
coupling -1.5632  0       0       0
coupling  0       1.0186  0       0
coupling  0      -0.8306  0.6089  0.6089
coupling  0       0      -1.2177  1.2177

# Computed from the table above by a second program of ours: nobody has published values for this arm.
check 0rad 0rad 0.1m 0rad 0rad 0rad = 0.000000mm 0.000000mm -93.500000mm 0.000000 1.000000 0.000000 1.000000 0.000000 0.000000 0.000000 0.000000 -1.000000
check 0.3rad -0.2rad 0.15m 0.5rad -0.4rad 0.25rad = 42.794255mm 31.414240mm -132.593198mm 0.261614 0.734434 0.626231 0.714829 -0.583398 0.385573 0.648519 0.346777 -0.677620
check 2.5rad -1.1rad 0.25m 3rad 1.2rad -1.3rad = 61.006883mm 215.646422mm 79.666795mm 0.403382 -0.045595 -0.913895 0.667921 0.697331 0.260022 0.625431 -0.715298 0.311745
