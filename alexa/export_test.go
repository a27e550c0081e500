package alexa

// MaxEntries lets tests of the outside flood the memory of certificates.
const MaxEntries = maxEntries

// Remembered is how many addresses v remembers, good and bad.
func (v *Verifier) Remembered() int {
	v.certificates.mu.RLock()
	defer v.certificates.mu.RUnlock()
	return len(v.certificates.entries)
}
