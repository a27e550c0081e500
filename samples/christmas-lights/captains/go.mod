module example.com/captains

go 1.26
