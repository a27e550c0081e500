package drain

import "golang.org/x/sys/unix"

// admitNone has the system drop what would complete a connection to a listener.
// Its client sends it again after some 200 ms, when the listener is closed, and
// learns that nothing of it was read; had the system acknowledged it, for nobody
// to accept, the client could not know.
func admitNone(listener int) {
	filter(listener, 1<<16, 0)
}

// beginNone has the system drop what would begin a connection to a listener; those
// that have begun go on. A client sends it again after a second, when the listener
// is closed, and is refused: it has not been connected at all.
func beginNone(listener int) {
	filter(listener, 0, 1<<16)
}

// filter says how many bytes of a packet with the flag SYN are taken, and of others.
func filter(listener int, begins, others uint32) {
	const flags, syn = 13, 2 // of the TCP header
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: syn, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: begins},
		{Code: unix.BPF_RET | unix.BPF_K, K: others},
	}
	_ = unix.SetsockoptSockFprog(listener, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}
