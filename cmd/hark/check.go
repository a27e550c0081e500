package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/near"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/router"
)

// check is what `hark check` is told: which request a response answers.
type check struct {
	request, requestType string
	json                 bool
}

func (c *check) options() []option.Option {
	return []option.Option{
		{Name: "request", Usage: "file of the request envelope that it answers: its type, its intent and what the device can do count", Value: option.Text(&c.request, "file")},
		{Name: "type", Usage: "type of the request that it answers, without --request", Value: option.Text(&c.requestType, "type")},
		{Name: "json", Usage: "print the findings and the response that Alexa would get", Value: option.Switch(&c.json)},
	}
}

func checkCommand() *cobra.Command {
	c := &check{requestType: alexa.IntentRequest}
	return with(&cobra.Command{
		Use:   "check FILE",
		Short: "Hold a stored response against Alexa's rules",
		Long: "check holds the response in FILE, or anything else that a function prints, against\nthe rules that hark has for a running function. It names the place and the rule of\n" +
			"each finding, and fails if there is one. FILE may be - for standard input.",
		Example: "  hark check response.json\n  hark check --type AudioPlayer.PlaybackFinished response.json\n  ./changecolor < request.json | hark check --request request.json -",
		Args:    wants("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}, c.options())
}

// run is `hark check`.
func (c *check) run(file string, in io.Reader, out io.Writer) error {
	req, err := c.answers()
	if err != nil {
		return err
	}
	printed, err := readFile(file, in)
	if err != nil {
		return err
	}
	if len(printed) > router.MaxPrinted {
		return fmt.Errorf("%s has %d bytes; a function that prints more than %d has failed", file, len(printed), router.MaxPrinted)
	}
	answer, err := alexa.Wrap(req, printed)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := c.print(out, file, req, answer); err != nil {
		return err
	}
	if n := len(answer.Findings); n > 0 {
		return fmt.Errorf("%s: %s for %s", file, counted(n, "finding"), req.Type())
	}
	return nil
}

func (c *check) print(out io.Writer, file string, req *alexa.Request, answer alexa.Answer) error {
	if c.json {
		return printJSON(out, struct {
			Findings []alexa.Finding `json:"findings"`
			Response json.RawMessage `json:"response"`
		}{orEmpty(answer.Findings), answer.JSON})
	}
	if len(answer.Findings) == 0 {
		_, err := fmt.Fprintf(out, "%s is a legal answer to %s\n", file, req.Type())
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PATH\tRULE\tFINDING")
	for _, f := range answer.Findings {
		path, text := f.Path, f.Text
		if path == "" {
			path = "-"
		}
		if f.Done != "" {
			text += "; " + f.Done
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", shown(out, path), f.Rule, shown(out, text))
	}
	return table.Flush()
}

// answers is the request that the response is for.
func (c *check) answers() (*alexa.Request, error) {
	if c.request != "" {
		envelope, err := readFile(c.request, nil)
		if err != nil {
			return nil, err
		}
		req, err := alexa.Decode(envelope)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.request, err)
		}
		return req, nil
	}
	if types := alexa.RequestTypes(); !slices.Contains(types, c.requestType) {
		return nil, hinted{fmt.Errorf("--type %q: there is no such request type", c.requestType), near.Hint(c.requestType, types, "docs/request-types.md lists them.")}
	}
	return alexa.Decode([]byte(fmt.Sprintf(`{"request":{"type":%q}}`, c.requestType)))
}

// counted is a number of things: 1 finding, 2 findings.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
