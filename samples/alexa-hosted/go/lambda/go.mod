module example.com/paintmixer

go 1.26

require github.com/arienmalec/alexa-go v0.0.0-20181025212142-975687393e90
