// Package dockertest brings up Docker engines for tests: nodes of a Swarm, each in
// namespaces of its own on this machine, which know nothing of the engine that the
// machine may have, and of which nothing is left once they are down.
//
//	cluster := dockertest.Start(t, 1, 2) // a manager and two workers
//	err := cluster.Image(ctx, "hark-cat:1", map[string]string{"/fwatchdog": bin}, `CMD ["/fwatchdog"]`)
//	network, err := cluster.Network(ctx, "functions")
//	inside, err := network.On(ctx, cluster.Nodes[0])
//	conn, err := inside.Dial(ctx, "tcp", "10.90.0.5:8080")
//
// A node is a process, the first of a pid namespace: to kill it is to cut its
// power, and it dies with the test, however that ends; files and empty cgroups stay
// then. Nodes are joined by a bridge in a network namespace of their own.
package dockertest
