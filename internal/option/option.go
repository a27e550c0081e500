// Package option is one table of a program's options, from which its flags,
// its environment variables, its help and its documentation are made.
//
//	var listen = "127.0.0.1:8080"
//	options := []option.Option{{
//		Name: "listen", Env: "HARK_LISTEN", Usage: "address of the operator's HTTP listener",
//		Value: option.Address(&listen),
//	}}
//	option.AddFlags(flags, options)
//	… parse the flags …
//	err := option.FromEnvironment(flags, options, os.LookupEnv)
//
// A flag goes before a variable, a variable before the default, which is what
// the variable behind Value holds at first. A value that is not valid is an
// error that names the option.
package option

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// Option is one setting.
type Option struct {
	Name  string // of the flag, without dashes; empty if there is none
	Short string // its one letter, for what is typed often
	Env   string // the environment variable; empty if there is none
	Usage string // one line, from a small letter on, without a full stop
	Value pflag.Value
}

// AddFlags defines a flag for each option that has one.
func AddFlags(flags *pflag.FlagSet, options []Option) {
	for _, o := range options {
		if o.Name == "" {
			continue
		}
		usage := o.Usage
		if o.Env != "" {
			usage += " [" + o.Env + "]"
		}
		flag := flags.VarPF(o.Value, o.Name, o.Short, usage)
		if o.Value.Type() == "bool" {
			flag.NoOptDefVal = "true"
		}
	}
}

// FromEnvironment sets the options that no flag has set from their variables.
// A variable that is set but empty counts as not set.
func FromEnvironment(flags *pflag.FlagSet, options []Option, lookup func(string) (string, bool)) error {
	for _, o := range options {
		if o.Env == "" || (flags != nil && o.Name != "" && flags.Changed(o.Name)) {
			continue
		}
		value, ok := lookup(o.Env)
		if !ok || value == "" {
			continue
		}
		if err := o.Value.Set(value); err != nil {
			return fmt.Errorf("%s=%q: %w", o.Env, value, err)
		}
	}
	return nil
}

// Markdown is a table of options for the documentation.
func Markdown(options []Option) string {
	var out strings.Builder
	out.WriteString("| flag | variable | value | default | meaning |\n|---|---|---|---|---|\n")
	code := func(prefix, s string) string {
		if s == "" {
			return ""
		}
		return "`" + prefix + s + "`"
	}
	cell := strings.NewReplacer("|", `\|`).Replace // a bare one would begin another cell
	for _, o := range options {
		flag := code("--", o.Name)
		if o.Short != "" {
			flag += ", " + code("-", o.Short)
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", flag, code("", o.Env), cell(o.Value.Type()), cell(code("", o.Value.String())), cell(o.Usage))
	}
	return out.String()
}

// Help is a list of the variables among options, for a terminal.
func Help(options []Option) string {
	var out strings.Builder
	for _, o := range options {
		if o.Env == "" {
			continue
		}
		fmt.Fprintf(&out, "  %s %s", o.Env, o.Value.Type())
		if def := o.Value.String(); def != "" {
			fmt.Fprintf(&out, " (default %s)", def)
		}
		fmt.Fprintf(&out, "\n    \t%s\n", o.Usage)
	}
	return out.String()
}

// value implements pflag.Value.
type value struct {
	kind string
	get  func() string
	set  func(string) error
}

func (v value) String() string {
	if v.get == nil { // pflag asks a zero value
		return ""
	}
	return v.get()
}
func (v value) Set(s string) error { return v.set(s) }
func (v value) Type() string       { return v.kind }

// Text takes any text; kind says what it means, for the help.
func Text(p *string, kind string) pflag.Value {
	return value{kind, func() string { return *p }, func(s string) error { *p = s; return nil }}
}

// Switch takes true or false.
func Switch(p *bool) pflag.Value {
	return value{"bool", func() string { return strconv.FormatBool(*p) }, func(s string) (err error) {
		if *p, err = strconv.ParseBool(s); err != nil {
			return fmt.Errorf("want true or false")
		}
		return nil
	}}
}

// Address takes HOST:PORT, where an empty host means every interface.
func Address(p *string) pflag.Value {
	return value{"address", func() string { return *p }, func(s string) error {
		_, port, err := net.SplitHostPort(s)
		if err != nil {
			return fmt.Errorf("want HOST:PORT, such as 127.0.0.1:8080")
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil {
			return fmt.Errorf("the port %q is not a number from 0 to %d", port, 1<<16-1)
		} else if n == 0 && port != "0" {
			return fmt.Errorf("the port %q is not a number", port)
		}
		*p = s
		return nil
	}}
}

// Duration takes a duration with its unit, such as 7.5s or 2m, within bounds.
func Duration(p *time.Duration, least, most time.Duration) pflag.Value {
	return value{"duration", func() string { return p.String() }, func(s string) error {
		d, err := time.ParseDuration(s)
		if err != nil {
			return fmt.Errorf("want a number with a unit, such as 7.5s or 2m")
		}
		return within(p, d, least, most)
	}}
}

// Seconds takes a duration as Duration does, or a whole number of seconds, as
// the variables of the classic watchdog do.
func Seconds(p *time.Duration, least, most time.Duration) pflag.Value {
	return value{"duration", func() string { return p.String() }, func(s string) error {
		if n, err := strconv.Atoi(s); err == nil {
			n = min(n, int(most/time.Second)+1) // a larger one would overflow
			return within(p, time.Duration(n)*time.Second, least, most)
		}
		return Duration(p, least, most).Set(s)
	}}
}

// Int takes a whole number within bounds.
func Int(p *int, least, most int) pflag.Value {
	return value{"number", func() string { return strconv.Itoa(*p) }, func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("want a whole number")
		}
		return within(p, n, least, most)
	}}
}

// Part takes a number from 0 to 1.
func Part(p *float64) pflag.Value {
	return value{"part", func() string { return strconv.FormatFloat(*p, 'g', -1, 64) }, func(s string) error {
		part, err := strconv.ParseFloat(s, 64)
		if err != nil || !(part >= 0 && part <= 1) { // which NaN is not
			return fmt.Errorf("want a part from 0 to 1, such as 0.25")
		}
		*p = part
		return nil
	}}
}

func within[T int | int64 | time.Duration](p *T, v, least, most T) error {
	if v < least || v > most {
		return fmt.Errorf("want a value from %v to %v", least, most)
	}
	*p = v
	return nil
}

// Bytes takes a number of bytes, with a unit of KB, MB or GB if there is one.
func Bytes(p *int64, least, most int64) pflag.Value {
	return value{"size", func() string { return formatBytes(*p) }, func(s string) error {
		number, unit := s, int64(1)
		for suffix, u := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
			if n, ok := strings.CutSuffix(strings.ToUpper(s), suffix); ok {
				number, unit = n, u
			}
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 0 || n > most/unit {
			return fmt.Errorf("want a size up to %s, such as 512KB or 32MB", formatBytes(most))
		}
		return within(p, n*unit, least, most)
	}}
}

func formatBytes(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// Choice takes one of a few words.
func Choice(p *string, words ...string) pflag.Value {
	return value{strings.Join(words, "|"), func() string { return *p }, func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("want %s", strings.Join(words, " or "))
		}
		*p = s
		return nil
	}}
}

// List takes words separated by commas and may be given more than once; the
// first time replaces the default. Check says what is wrong with one word; nil
// takes any.
func List(p *[]string, kind string, check func(string) error) pflag.Value {
	given := false
	return value{kind, func() string { return strings.Join(*p, ",") }, func(s string) error {
		var words []string
		for word := range strings.SplitSeq(s, ",") {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			if check != nil {
				if err := check(word); err != nil {
					return err
				}
			}
			words = append(words, word)
		}
		if len(words) == 0 {
			return fmt.Errorf("want at least one %s", kind)
		}
		if !given {
			*p, given = nil, true
		}
		*p = append(*p, words...)
		return nil
	}}
}
