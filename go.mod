module github.com/harkvoice/hark

go 1.26.0

require (
	github.com/arienmalec/alexa-go v0.0.0-20181025212142-975687393e90 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
)
