// Command buildkit answers, for a stream of inputs, what BuildKit's own Dockerfile packages make of them.
//
//	buildkit parse   each input is a Dockerfile
//	buildkit expand  each input is JSON: {"word": string, "env": ["K=V"], "escape": "\\" or "`"}
//	buildkit lint    each input is JSON: lintQuestion
//	buildkit convert each input is JSON: lintQuestion
//
// An input on stdin is a big-endian uint32 length and that many bytes; the answer on stdout is one line of JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type heredoc struct {
	Name           string `json:"name"`
	FileDescriptor uint   `json:"fileDescriptor"`
	Expand         bool   `json:"expand"`
	Chomp          bool   `json:"chomp"`
	Content        string `json:"content"`
}

type instruction struct {
	Cmd         string       `json:"cmd"`
	Flags       []string     `json:"flags"`
	Args        []string     `json:"args"`
	JSON        bool         `json:"json"`
	StartLine   int          `json:"startLine"`
	EndLine     int          `json:"endLine"`
	Original    string       `json:"original"`
	Heredocs    []heredoc    `json:"heredocs"`
	PrevComment []string     `json:"prevComment"`
	Child       *instruction `json:"child"`
}

type directive struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Line  int    `json:"line"`
}

type mount struct {
	Type   string `json:"type"`
	From   string `json:"from"`
	Source string `json:"source"`
	Target string `json:"target"`
}

type command struct {
	Name   string  `json:"name"`
	From   string  `json:"from"`
	Mounts []mount `json:"mounts"`
}

type stage struct {
	Name     string    `json:"name"`
	BaseName string    `json:"baseName"`
	Platform string    `json:"platform"`
	Commands []command `json:"commands"`
}

type parsed struct {
	ParseError       *string       `json:"parseError"`
	Escape           string        `json:"escape"`
	Instructions     []instruction `json:"instructions"`
	Directives       []directive   `json:"directives"`
	DirectivesError  *string       `json:"directivesError"`
	Syntax           *string       `json:"syntax"`
	Check            *string       `json:"check"`
	InstructionError *string       `json:"instructionError"`
	Stages           []stage       `json:"stages"`
	MetaArgs         int           `json:"metaArgs"`
	Panic            *string       `json:"panic"`
}

type expansion struct {
	Word   string   `json:"word"`
	Env    []string `json:"env"`
	Escape string   `json:"escape"`
}

type expanded struct {
	Value      string   `json:"value"`
	Error      *string  `json:"error"`
	Matched    []string `json:"matched"`
	Unmatched  []string `json:"unmatched"`
	Words      []string `json:"words"`
	WordsError *string  `json:"wordsError"`
	Panic      *string  `json:"panic"`
}

func message(err error) *string {
	if err == nil {
		return nil
	}
	text := err.Error()
	return &text
}

func describe(node *parser.Node) instruction {
	found := instruction{
		Cmd:         strings.ToLower(node.Value),
		Flags:       append([]string{}, node.Flags...),
		Args:        []string{},
		JSON:        node.Attributes["json"],
		StartLine:   node.StartLine,
		EndLine:     node.EndLine,
		Original:    node.Original,
		Heredocs:    []heredoc{},
		PrevComment: append([]string{}, node.PrevComment...),
	}
	for _, h := range node.Heredocs {
		found.Heredocs = append(found.Heredocs, heredoc{h.Name, h.FileDescriptor, h.Expand, h.Chomp, h.Content})
	}
	for next := node.Next; next != nil; next = next.Next {
		if len(next.Children) > 0 {
			child := describe(next.Children[0])
			found.Child = &child
			continue
		}
		found.Args = append(found.Args, next.Value)
	}
	return found
}

func describeCommand(from instructions.Command) command {
	found := command{Name: from.Name()}
	switch c := from.(type) {
	case *instructions.CopyCommand:
		found.From = c.From
	case *instructions.RunCommand:
		// Mounts are read to the end only when their variables are known.
		if c.Expand(func(word string) (string, error) { return word, nil }) != nil {
			return found
		}
		found.Mounts = []mount{}
		for _, m := range instructions.GetMounts(c) {
			found.Mounts = append(found.Mounts, mount{string(m.Type), m.From, m.Source, m.Target})
		}
	}
	return found
}

func parse(source []byte) (answer parsed) {
	answer.Instructions = []instruction{}
	answer.Directives = []directive{}
	answer.Stages = []stage{}
	defer func() {
		if trouble := recover(); trouble != nil {
			text := fmt.Sprint(trouble)
			answer.Panic = &text
		}
	}()

	// The parser takes white space off the front of a line before it looks for a directive.
	directives := parser.DirectiveParser{}
	for number, line := range bytes.Split(bytes.TrimPrefix(source, []byte("\xef\xbb\xbf")), []byte("\n")) {
		found, err := directives.ParseLine(bytes.TrimRight(bytes.TrimLeftFunc(line, unicode.IsSpace), "\r"))
		if err != nil {
			answer.DirectivesError = message(err)
			break
		}
		if found != nil {
			answer.Directives = append(answer.Directives, directive{found.Name, found.Value, number + 1})
		}
	}
	if _, value, _, ok := parser.DetectSyntax(source); ok {
		answer.Syntax = &value
	}
	if _, value, _, ok := parser.ParseDirective("check", source); ok {
		answer.Check = &value
	}

	result, err := parser.Parse(bytes.NewReader(source))
	answer.ParseError = message(err)
	if err != nil {
		return answer
	}
	answer.Escape = string(result.EscapeToken)
	for _, child := range result.AST.Children {
		answer.Instructions = append(answer.Instructions, describe(child))
	}

	stages, metaArgs, err := instructions.Parse(result.AST, linter.New(&linter.Config{SkipAll: true}))
	answer.InstructionError = message(err)
	answer.MetaArgs = len(metaArgs)
	for _, s := range stages {
		found := stage{s.Name, s.BaseName, s.Platform, []command{}}
		for _, c := range s.Commands {
			found.Commands = append(found.Commands, describeCommand(c))
		}
		answer.Stages = append(answer.Stages, found)
	}
	return answer
}

func names(set map[string]struct{}) []string {
	found := []string{}
	for name := range set {
		found = append(found, name)
	}
	sort.Strings(found)
	return found
}

func expand(source []byte) (answer expanded) {
	answer.Words = []string{}
	defer func() {
		if trouble := recover(); trouble != nil {
			text := fmt.Sprint(trouble)
			answer.Panic = &text
		}
	}()
	var question expansion
	if err := json.Unmarshal(source, &question); err != nil {
		answer.Error = message(err)
		return answer
	}
	env := shell.EnvsFromSlice(question.Env)
	lex := shell.NewLex([]rune(question.Escape)[0])
	result, err := lex.ProcessWordWithMatches(question.Word, env)
	answer.Value = result.Result
	answer.Error = message(err)
	answer.Matched = names(result.Matched)
	answer.Unmatched = names(result.Unmatched)
	words, err := lex.ProcessWords(question.Word, env)
	answer.Words = append(answer.Words, words...)
	answer.WordsError = message(err)
	return answer
}

func main() {
	answer := func(source []byte) any { return parse(source) }
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "expand":
			answer = func(source []byte) any { return expand(source) }
		case "lint":
			answer = func(source []byte) any { return lint(source) }
		case "convert":
			answer = func(source []byte) any { return convert(source) }
		}
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	var head [4]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		source := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(in, source); err != nil {
			return
		}
		if err := lines.Encode(answer(source)); err != nil {
			panic(err)
		}
	}
}
