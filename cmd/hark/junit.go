package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// junitSuites is JUnit's report, as CI servers read it.
type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []junitSuite
}

type junitSuite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Cases    []junitCase
}

type junitCase struct {
	XMLName xml.Name      `xml:"testcase"`
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

func writeJUnit(file string, results []tested) error {
	var report junitSuites
	at := make(map[string]int)
	for _, r := range results {
		i, ok := at[r.Model]
		if !ok {
			i = len(report.Suites)
			at[r.Model] = i
			report.Suites = append(report.Suites, junitSuite{Name: r.Model})
		}
		suite := &report.Suites[i]
		c := junitCase{Name: r.Utterance, Class: fmt.Sprintf("%s:%d", r.File, r.Line), Time: fmt.Sprintf("%.6f", r.Seconds)}
		if r.Differs != nil {
			suite.Failures++
			c.Failure = &junitFailure{Message: "not as it is to be", Text: strings.Join(r.Differs, "\n")}
		}
		suite.Tests++
		suite.Cases = append(suite.Cases, c)
	}
	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), append(text, '\n')...), 0o644)
}
