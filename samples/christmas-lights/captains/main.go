// CaptainsIntent counts the Docker captains on the page at CAPTAINS_URL: what
// matches the regular expression CAPTAINS_PATTERN there.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"time"
)

const (
	pattern = `class="[^"]*\bcaptain\b[^"]*"`
	maxPage = 8 << 20
)

func main() {
	speech, err := answer(os.Getenv("CAPTAINS_URL"), cmp.Or(os.Getenv("CAPTAINS_PATTERN"), pattern))
	if err != nil {
		fmt.Fprintln(os.Stderr, "captains:", err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"speech": speech,
		"card":   map[string]string{"title": "Captains", "text": speech},
	})
}

func answer(url, pattern string) (string, error) {
	if url == "" {
		return "I don't know where to count the captains. Set CAPTAINS_URL for me.", nil
	}
	captain, err := regexp.Compile(pattern)
	if err != nil {
		return "", err
	}
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s", url, resp.Status)
	}
	page, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("There are currently %d Docker captains.", len(captain.FindAllIndex(page, -1))), nil
}
