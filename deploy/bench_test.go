//go:build linux

package deploy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// load sends requests over so many connections for a while, one after the other on
// each, and returns how long they took.
func (s *swarmSite) load(b *testing.B, address, path string, connections int, d time.Duration) []time.Duration {
	b.Helper()
	request := "POST " + path + " HTTP/1.1\r\nHost: hark\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n" + strings.Repeat("x", 900)
	took := make([][]time.Duration, connections)
	var running sync.WaitGroup
	for i := range connections {
		conn, err := s.inside.Dial(b.Context(), "tcp", address)
		check(b, err)
		running.Go(func() {
			defer conn.Close()
			took[i] = exchange(b, conn, request, d)
		})
	}
	running.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all
}

func exchange(b *testing.B, conn net.Conn, request string, d time.Duration) (took []time.Duration) {
	in := bufio.NewReader(conn)
	for end := time.Now().Add(d); ; {
		begun := time.Now()
		if begun.After(end) {
			return took
		}
		if _, err := io.WriteString(conn, request); err != nil {
			b.Error(err)
			return took
		}
		resp, err := http.ReadResponse(in, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Errorf("%v %v", resp, err)
			return took
		}
		took = append(took, time.Since(begun))
	}
}

// BenchmarkGateway compares calls through the gateway to calls of the task itself,
// in turns of one run: what the gateway adds to the median of one connection, in
// milliseconds (goal: 0.15), and what is left of the throughput of eight (goal:
// 0.25), with 10 functions and with 1,000; and its memory in MB (goal: 25).
func BenchmarkGateway(b *testing.B) {
	s := newSite(b)
	s.serve(b, "DOCKER_HOST="+s.Nodes[0].Socket())
	s.create(b, "noop", 1)
	task := s.task(b, "noop")
	for i := 1; i < 10; i++ {
		s.create(b, fmt.Sprintf("idle-%d", i), 0)
	}
	s.await(b, task)
	b.ResetTimer()
	for _, functions := range []int{10, 1000} {
		for i := 10; i < functions; i++ {
			s.create(b, fmt.Sprintf("idle-%d", i), 0)
		}
		s.known(b, functions)
		b.Run(strconv.Itoa(functions), func(b *testing.B) { s.compare(b, task) })
	}
}

// known awaits that the gateway knows so many functions: the last of them.
func (s *swarmSite) known(b *testing.B, functions int) {
	s.found(b, fmt.Sprintf("idle-%d", functions-1))
}

func (s *swarmSite) compare(b *testing.B, task string) {
	const rounds, round = 5, time.Second
	var added, left []float64
	for range rounds {
		direct, through := s.load(b, task, "/", 1, round), s.load(b, s.gateway, "/function/noop", 1, round)
		added = append(added, ms(through[len(through)/2])-ms(direct[len(direct)/2]))
		direct, through = s.load(b, task, "/", 8, round), s.load(b, s.gateway, "/function/noop", 8, round)
		left = append(left, float64(len(through))/float64(len(direct)))
		b.Logf("8 connections: %d of %d requests/s, p50 %.3f ms, p99 %.3f ms", len(through), len(direct), ms(through[len(through)/2]), ms(through[len(through)*99/100]))
	}
	b.ReportMetric(median(added), "added-p50-ms")
	b.ReportMetric(median(left), "throughput-ratio")
	b.ReportMetric(s.rss(b), "RSS-MB")
	b.ReportMetric(0, "ns/op")
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

var rssLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func (s *swarmSite) rss(b *testing.B) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	check(b, err)
	kb, err := strconv.Atoi(rssLine.FindStringSubmatch(string(status))[1])
	check(b, err)
	return float64(kb) / 1000
}
