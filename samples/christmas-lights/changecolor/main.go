// ChangeColorIntent turns the lights of a tree to a colour: it reads an Alexa
// request, publishes {"r","g","b"} by MQTT to MQTT_URL (such as
// tcp://broker:1883) under MQTT_TOPIC, and prints what to say.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const patience = 3 * time.Second

type color struct {
	R int `json:"r"`
	G int `json:"g"`
	B int `json:"b"`
}

var colors = map[string]color{"red": {R: 255}, "green": {G: 255}, "blue": {B: 255}}

func main() {
	var envelope struct {
		Request struct {
			Intent struct {
				Slots struct{ LedColor slot }
			}
		}
	}
	if err := json.NewDecoder(os.Stdin).Decode(&envelope); err != nil {
		fmt.Fprintln(os.Stderr, "not an Alexa request:", err)
		os.Exit(1)
	}
	heard := envelope.Request.Intent.Slots.LedColor
	speech := refusal(heard.Value)
	if c, ok := colors[heard.color()]; ok {
		speech = "OK, " + heard.Value + "."
		if err := publish(os.Getenv("MQTT_URL"), c); err != nil {
			fmt.Fprintln(os.Stderr, "the lights were not told:", err)
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"speech": speech,
		"card":   map[string]string{"title": "Christmas Lights", "text": speech},
	})
}

// publish tells the broker at url; without one there is nobody to tell.
func publish(url string, c color) error {
	if url == "" {
		return nil
	}
	topic := os.Getenv("MQTT_TOPIC")
	if topic == "" {
		topic = "christmas-lights"
	}
	message, err := json.Marshal(c)
	if err != nil {
		return err
	}
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(url).SetConnectTimeout(patience))
	defer client.Disconnect(100)
	if t := client.Connect(); !t.WaitTimeout(patience) || t.Error() != nil {
		return fmt.Errorf("connecting to %s: %w", url, t.Error())
	}
	if t := client.Publish(topic, 1, false, message); !t.WaitTimeout(patience) || t.Error() != nil {
		return fmt.Errorf("publishing to %s: %w", topic, t.Error())
	}
	return nil
}

// slot is a slot of an Alexa request: what was heard, and what was meant.
type slot struct {
	Value       string
	Resolutions struct {
		ResolutionsPerAuthority []struct {
			Values []struct{ Value struct{ ID string } }
		}
	}
}

// color is the id of what was meant, as the interaction model has it for all
// languages, or else what was heard.
func (s slot) color() string {
	for _, authority := range s.Resolutions.ResolutionsPerAuthority {
		for _, v := range authority.Values {
			return strings.ToLower(v.Value.ID)
		}
	}
	return strings.ToLower(s.Value)
}

func refusal(heard string) string {
	if strings.HasPrefix(os.Getenv("ALEXA_LOCALE"), "fr") {
		return fmt.Sprintf("J'ai entendu %s, mais je ne connais que : rouge, vert, bleu.", cmp.Or(heard, "rien"))
	}
	return fmt.Sprintf("I heard %s but can only do: red, green, blue.", cmp.Or(heard, "nothing"))
}
