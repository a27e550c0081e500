//go:build !linux

package upstream

func (l *link) watchDelivery(bool) {}

func (l *link) undelivered() bool { return false }
