package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// base is what a base image says of itself; what is not given is as the build asks for it.
type base struct {
	Platform string   `json:"platform"`
	Env      []string `json:"env"`
}

type lintQuestion struct {
	Dockerfile []byte `json:"dockerfile"`
	// Ignore is the text of .dockerignore.
	Ignore string `json:"ignore"`
	// Checks stands in for the file's own `# check=`.
	Checks string `json:"checks"`
	// Images holds base images by their full reference; all others have no variable but PATH.
	Images map[string]base `json:"images"`
	// Given holds what the build is given for its arguments.
	Given map[string]string `json:"given"`
}

type warning struct {
	Check  string `json:"check"`
	Line   int32  `json:"line"`
	Detail string `json:"detail"`
}

type linted struct {
	Warnings []warning `json:"warnings"`
	// Error says where BuildKit gave up; it checks nothing behind.
	Error     *string `json:"error"`
	ErrorLine int32   `json:"errorLine"`
	Panic     *string `json:"panic"`
}

// builder stands in for the daemon: it has a context that holds one file, and says of every image what it was told.
type builder struct {
	gateway.Client
	question lintQuestion
}

func (b builder) BuildOpts() gateway.BuildOpts {
	opts := map[string]string{}
	for name, value := range b.question.Given {
		opts["build-arg:"+name] = value
	}
	if b.question.Checks != "" {
		opts["build-arg:BUILDKIT_DOCKERFILE_CHECK"] = b.question.Checks
	}
	return gateway.BuildOpts{
		Opts:    opts,
		Caps:    gatewaypb.Caps.CapSet(nil),
		LLBCaps: pb.Caps.CapSet(pb.Caps.All()),
		Workers: []gateway.WorkerInfo{{Platforms: []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}}},
	}
}

func (b builder) Solve(context.Context, gateway.SolveRequest) (*gateway.Result, error) {
	result := gateway.NewResult()
	result.SetRef(buildContext{ignore: []byte(b.question.Ignore)})
	return result, nil
}

func (b builder) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	image := ocispecs.Image{Platform: *opt.ImageOpt.Platform}
	known := b.question.Images[ref]
	if known.Platform != "" {
		image.OS, image.Architecture, _ = strings.Cut(known.Platform, "/")
	}
	image.Config.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, known.Env...)
	// Without a layer it would be taken for scratch.
	image.RootFS = ocispecs.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromString(ref)}}
	config, err := json.Marshal(image)
	return ref, "", config, err
}

// buildContext is a folder with nothing but a .dockerignore.
type buildContext struct {
	gateway.Reference
	ignore []byte
}

func (c buildContext) StatFile(_ context.Context, request gateway.StatRequest) (*fstypes.Stat, error) {
	return &fstypes.Stat{Path: request.Path, Size: int64(len(c.ignore))}, nil
}

func (c buildContext) ReadFile(_ context.Context, request gateway.ReadRequest) ([]byte, error) {
	if request.Filename != dockerui.DefaultDockerignoreName {
		return nil, os.ErrNotExist
	}
	return c.ignore, nil
}

// ask reads a question and readies what BuildKit needs to answer it.
func ask(source []byte) ([]byte, dockerfile2llb.ConvertOpt, error) {
	var question lintQuestion
	if err := json.Unmarshal(source, &question); err != nil {
		panic(err)
	}
	daemon := builder{question: question}
	client, err := dockerui.NewClient(daemon)
	if err != nil {
		return nil, dockerfile2llb.ConvertOpt{}, err
	}
	file := llb.NewSourceMap(nil, dockerui.DefaultDockerfileName, "Dockerfile", question.Dockerfile)
	file.Definition = &llb.Definition{}
	return question.Dockerfile, dockerfile2llb.ConvertOpt{
		Config:       client.Config,
		Client:       client,
		SourceMap:    file,
		MetaResolver: daemon,
	}, nil
}

func lint(source []byte) (answer linted) {
	answer.Warnings = []warning{}
	defer caught(&answer.Panic)
	dockerfile, opt, err := ask(source)
	if err != nil {
		answer.Error = message(err)
		return answer
	}
	results, err := dockerfile2llb.DockerfileLint(context.Background(), dockerfile, opt)
	if err != nil {
		answer.Error = message(err)
		return answer
	}
	for _, found := range results.Warnings {
		line := int32(0)
		if ranges := found.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].Start.Line
		}
		answer.Warnings = append(answer.Warnings, warning{found.RuleName, line, found.Detail})
	}
	if results.Error != nil {
		answer.Error = &results.Error.Message
		if ranges := results.Error.Location.Ranges; len(ranges) > 0 {
			answer.ErrorLine = ranges[0].Start.Line
		}
	}
	return answer
}

// plan is what BuildKit would carry out: the steps, and the configuration of the image that comes of them.
type plan struct {
	Config any     `json:"config"`
	Steps  string  `json:"steps"`
	Runs   []run   `json:"runs"`
	Error  *string `json:"error"`
	Panic  *string `json:"panic"`
}

// run is a RUN as it is carried out.
type run struct {
	Args []string `json:"args"`
	Env  []string `json:"env"`
	Cwd  string   `json:"cwd"`
	User string   `json:"user"`
}

func convert(source []byte) (answer plan) {
	answer.Runs = []run{}
	defer caught(&answer.Panic)
	dockerfile, opt, err := ask(source)
	if err != nil {
		answer.Error = message(err)
		return answer
	}
	// BuildKit's own context is another one in each build.
	folder := llb.Local(dockerui.DefaultLocalNameContext, llb.LocalUniqueID("context"))
	opt.Client, opt.MainContext = nil, &folder
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), dockerfile, opt)
	if err != nil {
		answer.Error = message(err)
		return answer
	}
	steps, err := result.State.Marshal(context.Background())
	if err != nil {
		answer.Error = message(err)
		return answer
	}
	answer.Config = map[string]any{"author": result.Image.Author, "config": result.Image.Config}
	// Names and places in the file are told beside the steps, not in them.
	answer.Steps = digest.FromBytes(bytes.Join(steps.Def, nil)).String()
	for _, step := range steps.Def {
		var op pb.Op
		if err := op.UnmarshalVT(step); err != nil {
			answer.Error = message(err)
			return answer
		}
		if meta := op.GetExec().GetMeta(); meta != nil {
			answer.Runs = append(answer.Runs, run{meta.Args, meta.Env, meta.Cwd, meta.User})
		}
	}
	return answer
}

func caught(told **string) {
	if trouble := recover(); trouble != nil {
		text := fmt.Sprint(trouble)
		*told = &text
	}
}
