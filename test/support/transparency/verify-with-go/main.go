// Verifies with Go's own packages what it reads as JSON, and answers with a verdict for each.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Older, Newer int64
	OlderRoot    tlog.Hash
	NewerRoot    tlog.Hash
	Hashes       []tlog.Hash
}

type question struct {
	Vkey          string
	Notes         []string
	Inclusions    []proof // OlderRoot is the hash of the leaf Older.
	Consistencies []proof
	Growth        [][2]int64
}

type answer struct {
	Notes, Inclusions, Consistencies []string
	Tiles                            [][]string
}

func verdict(err error) string {
	if err != nil {
		return "refused"
	}
	return "accepted"
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		panic(err)
	}
	var found answer
	for _, text := range asked.Notes {
		_, err := note.Open([]byte(text), note.VerifierList(verifier))
		found.Notes = append(found.Notes, verdict(err))
	}
	for _, p := range asked.Inclusions {
		err := tlog.CheckRecord(p.Hashes, p.Newer, p.NewerRoot, p.Older, p.OlderRoot)
		found.Inclusions = append(found.Inclusions, verdict(err))
	}
	for _, p := range asked.Consistencies {
		err := tlog.CheckTree(p.Hashes, p.Newer, p.NewerRoot, p.Older, p.OlderRoot)
		found.Consistencies = append(found.Consistencies, verdict(err))
	}
	for _, step := range asked.Growth {
		paths := []string{}
		for _, tile := range tlog.NewTiles(8, step[0], step[1]) {
			paths = append(paths, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		}
		found.Tiles = append(found.Tiles, paths)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
