package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/alexa/alexatest"
)

// serveHTTPS is on every interface: Amazon has to reach it.
const serveHTTPS = ":8443"

func serveCommand() *cobra.Command {
	s := defaults()
	s.HTTPS = serveHTTPS
	return with(&cobra.Command{
		Use:   "serve [DIR]",
		Short: "Serve the functions and the skill in DIR to real devices",
		Long:  "serve runs the same as up for real devices: it trusts Amazon's signature only,\nserves the application ids of the skill package and of --skill-id only, and\nneeds a certificate for HTTPS: one of your own, one that it has issued (--acme), or\none that a proxy has. Amazon connects to port 443.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.serve(cmd.Context(), s.directory(args), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}, s.serveOptions())
}

// serve is `hark serve`: it serves until ctx ends.
func (s *settings) serve(ctx context.Context, dir string, out, errs io.Writer) error {
	g, err := s.load(dir, errs)
	if err != nil {
		return err
	}
	defer g.close()
	if !g.known() && s.Skills == "" && s.DevAuthority == "" {
		return hinted{errors.New("no skill id is known, so every request would be refused"),
			"Name the id that the Alexa console shows with --skill-id or HARK_SKILL_IDS."}
	}
	if err := s.checkPublic(ctx, g); err != nil {
		return err
	}
	config, err := s.developmentTrust(g)
	if err != nil {
		return err
	}
	verifier, err := alexa.NewVerifier(config)
	if err != nil {
		return err
	}
	if err := g.open(ctx, out); err != nil {
		return err
	}
	if s.ACME.Authority != "" {
		if g.certificate, err = s.issuer(ctx, g); err != nil {
			return err
		}
	}
	g.log.Info("serving", append([]any{"skills", g.names(), "functions", len(g.specs())}, g.addresses()...)...)
	return g.serve(ctx, verifier)
}

// developmentTrust reads the development authority, if one was named, and says
// so at every start.
func (s *settings) developmentTrust(g *gateway) (config alexa.VerifierConfig, err error) {
	if s.DevAuthority == "" {
		return config, nil
	}
	if config.Development, err = os.ReadFile(s.DevAuthority); err != nil {
		return config, fmt.Errorf("--dev-authority: %w", err)
	}
	if config.DevelopmentURL, err = alexatest.PublicURL(config.Development); err != nil {
		return config, fmt.Errorf("--dev-authority %s: %w", s.DevAuthority, err)
	}
	g.log.Warn("requests signed by a development authority are trusted besides Amazon's", "file", s.DevAuthority)
	return config, nil
}
