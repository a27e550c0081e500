package main

import "golang.org/x/sys/unix"

// admitNone has the system drop what would complete a connection to a listener.
// Its client sends it again after some 200 ms, when the listener is closed, and
// learns that nothing of it was read; had the system acknowledged it, for nobody
// to accept, the client could not know.
func admitNone(listener int) {
	const flags, syn = 13, 2 // of the TCP header
	onlySYN := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: syn, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1 << 16},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	_ = unix.SetsockoptSockFprog(listener, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(onlySYN)), Filter: &onlySYN[0]})
}
