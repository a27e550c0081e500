module example.com/webhookstash

go 1.26
