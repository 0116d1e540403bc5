package alarm

// SoundOf is what is heard while an alarm of a priority waits for an acknowledgement: that of its class, which is nil when it
// has none, or else that of the priority. "none" is silence.
func SoundOf(priority string, c *Classification) string {
	if c != nil && c.Sound != "" {
		return c.Sound
	}
	switch priority {
	case "urgent":
		return "siren"
	case "high":
		return "pulse"
	case "medium":
		return "beep"
	}
	return "chime"
}
