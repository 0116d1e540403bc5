package main

// The kinds of channels for messages about alarms.
import (
	_ "github.com/lineside/lineside/runtime/notify/mail"
	_ "github.com/lineside/lineside/runtime/notify/push"
	_ "github.com/lineside/lineside/runtime/notify/sms"
	_ "github.com/lineside/lineside/runtime/notify/webhook"
)
