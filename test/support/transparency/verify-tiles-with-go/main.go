// Verifies tiles that were served, with Go's own packages: every leaf, and that one checkpoint continues another.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type served struct {
	Older, Newer string
	Files        map[string][]byte
}

type question struct {
	Vkey  string
	Cases []served
}

type verdict struct {
	Leaves  int64
	Refused string
}

type tiles map[string][]byte

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range asked {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, ok := t[path]
		if !ok {
			return nil, fmt.Errorf("%s was not served", path)
		}
		all = append(all, data)
	}
	return all, nil
}

func open(text string, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("%q is no checkpoint of %s", opened.Text, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// C2SP tlog-tiles: each entry after its length, as a big-endian number of 16 bits.
func entriesOf(files map[string][]byte, size int64) ([][]byte, error) {
	var entries [][]byte
	for from := int64(0); from < size; from += 256 {
		width := size - from
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: from / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, count := files[path], 0
		for ; len(bundle) >= 2; count++ {
			length := 2 + (int(bundle[0])<<8 | int(bundle[1]))
			if len(bundle) < length {
				break
			}
			entries = append(entries, bundle[2:length])
			bundle = bundle[length:]
		}
		if len(bundle) > 0 || int64(count) != width {
			return nil, fmt.Errorf("%s has not %d entries", path, width)
		}
	}
	return entries, nil
}

func verify(given served, verifier note.Verifier) (int64, error) {
	older, err := open(given.Older, verifier)
	if err != nil {
		return 0, err
	}
	newer, err := open(given.Newer, verifier)
	if err != nil {
		return 0, err
	}
	entries, err := entriesOf(given.Files, newer.N)
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(newer, tiles(given.Files))
	for index, entry := range entries {
		proof, err := tlog.ProveRecord(newer.N, int64(index), hashes)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, newer.N, newer.Hash, int64(index), tlog.RecordHash(entry)); err != nil {
			return 0, fmt.Errorf("leaf %d: %v", index, err)
		}
	}
	proof, err := tlog.ProveTree(newer.N, older.N, hashes)
	if err != nil {
		return 0, err
	}
	return newer.N, tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
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
	var found []verdict
	for _, given := range asked.Cases {
		leaves, err := verify(given, verifier)
		if err != nil {
			found = append(found, verdict{Refused: err.Error()})
		} else {
			found = append(found, verdict{Leaves: leaves})
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
