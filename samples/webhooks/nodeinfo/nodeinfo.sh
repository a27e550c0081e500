#!/bin/sh
# NodeInfo tells about the machine that it runs on, whatever it is asked.
cat > /dev/null
up=$(cut -d. -f1 /proc/uptime 2>/dev/null || echo 0)
echo "Platform: $(uname -s)"
echo "Architecture: $(uname -m)"
echo "CPUs: $(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)"
echo "Uptime: $((up / 86400)) days, $((up % 86400 / 3600)) hours, $((up % 3600 / 60)) minutes"
user=$(id -un 2>/dev/null) || user=$(id -u)
echo "User: $user"
