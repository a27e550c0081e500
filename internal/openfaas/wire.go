// Package openfaas holds what the OpenFaaS REST API sends: the operator's API of
// hark, which faas-cli speaks as well. It stands between internal/function and
// those who speak the API: the router serves it, the command line calls it.
package openfaas

import (
	"time"

	"github.com/harkvoice/hark/internal/function"
)

// Namespace is the only one that there is.
const Namespace = "openfaas-fn"

// Deployment is the body of POST and PUT /system/functions.
type Deployment struct {
	Service                string            `json:"service"`
	Image                  string            `json:"image,omitempty"`
	Namespace              string            `json:"namespace,omitempty"`
	EnvProcess             string            `json:"envProcess,omitempty"`
	EnvVars                map[string]string `json:"envVars,omitempty"`
	Constraints            []string          `json:"constraints,omitempty"`
	Secrets                []string          `json:"secrets,omitempty"`
	Labels                 map[string]string `json:"labels,omitempty"`
	Annotations            map[string]string `json:"annotations,omitempty"`
	Limits                 *Resources        `json:"limits,omitempty"`
	Requests               *Resources        `json:"requests,omitempty"`
	ReadOnlyRootFilesystem bool              `json:"readOnlyRootFilesystem,omitempty"`
	// RegistryAuth is faas-cli's, base64 of USER:PASSWORD or of Docker's AuthConfig.
	RegistryAuth string `json:"registryAuth,omitempty"`
	// Network is what old clients send; functions have one network.
	Network string `json:"network,omitempty"`
}

// Resources are amounts as their owner wrote them.
type Resources struct {
	Memory string `json:"memory,omitempty"`
	CPU    string `json:"cpu,omitempty"`
}

// Status is a function in the answers of GET /system/functions and GET
// /system/function/NAME.
type Status struct {
	Name                   string            `json:"name"`
	Image                  string            `json:"image,omitempty"`
	Namespace              string            `json:"namespace,omitempty"`
	EnvProcess             string            `json:"envProcess,omitempty"`
	EnvVars                map[string]string `json:"envVars,omitempty"`
	Constraints            []string          `json:"constraints,omitempty"`
	Secrets                []string          `json:"secrets,omitempty"`
	Labels                 map[string]string `json:"labels,omitempty"`
	Annotations            map[string]string `json:"annotations,omitempty"`
	Limits                 *Resources        `json:"limits,omitempty"`
	Requests               *Resources        `json:"requests,omitempty"`
	ReadOnlyRootFilesystem bool              `json:"readOnlyRootFilesystem,omitempty"`
	InvocationCount        float64           `json:"invocationCount"`
	Replicas               uint64            `json:"replicas"`
	AvailableReplicas      uint64            `json:"availableReplicas"`
	CreatedAt              time.Time         `json:"createdAt,omitzero"`
	// Version is hark's own: it goes back to what it was when an update is taken back.
	Version string `json:"version,omitempty"`
	// Trouble is hark's own: why it is not ready.
	Trouble string `json:"trouble,omitempty"`
}

// Removal is the body of DELETE /system/functions.
type Removal struct {
	FunctionName string `json:"functionName"`
	Namespace    string `json:"namespace,omitempty"`
}

// Scaling is the body of POST /system/scale-function/NAME.
type Scaling struct {
	ServiceName string `json:"serviceName,omitempty"`
	Replicas    uint64 `json:"replicas"`
	Namespace   string `json:"namespace,omitempty"`
}

// Secret is the body of requests to /system/secrets, and what their list holds.
type Secret struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
	Value     string `json:"value,omitempty"`
	RawValue  []byte `json:"rawValue,omitempty"`
}

// LogLine is a line of the answer of GET /system/logs.
type LogLine struct {
	Name      string    `json:"name"`
	Namespace string    `json:"namespace"`
	Instance  string    `json:"instance"`
	Timestamp time.Time `json:"timestamp"`
	Text      string    `json:"text"`
}

// Info is the answer of GET /system/info.
type Info struct {
	Provider Provider `json:"provider"`
	Version  Version  `json:"version"`
	Arch     string   `json:"arch"`
}

// Provider is what runs the functions.
type Provider struct {
	Provider      string  `json:"provider"`
	Version       Version `json:"version"`
	Orchestration string  `json:"orchestration"`
}

// Version is a release and the commit that it was built from.
type Version struct {
	Release       string `json:"release"`
	SHA           string `json:"sha"`
	CommitMessage string `json:"commit_message,omitempty"`
}

// Spec is the function that a deployment declares.
func (d Deployment) Spec() function.Spec {
	return function.Spec{
		Name:         d.Service,
		Image:        d.Image,
		Process:      d.EnvProcess,
		Environment:  d.EnvVars,
		Labels:       d.Labels,
		Annotations:  d.Annotations,
		Secrets:      d.Secrets,
		Constraints:  d.Constraints,
		Limits:       d.Limits.amounts(),
		Requests:     d.Requests.amounts(),
		ReadOnly:     d.ReadOnlyRootFilesystem,
		RegistryAuth: d.RegistryAuth,
		Network:      d.Network,
	}
}

// DeploymentOf is a function as a deployment declares it.
func DeploymentOf(s function.Spec) Deployment {
	return Deployment{
		Service:                s.Name,
		Image:                  s.Image,
		EnvProcess:             s.Process,
		EnvVars:                s.Environment,
		Constraints:            s.Constraints,
		Secrets:                s.Secrets,
		Labels:                 s.Labels,
		Annotations:            s.Annotations,
		Limits:                 resourcesOf(s.Limits),
		Requests:               resourcesOf(s.Requests),
		ReadOnlyRootFilesystem: s.ReadOnly,
		RegistryAuth:           s.RegistryAuth,
	}
}

// StatusOf is a function as the API tells it. Invocations are those that this
// gateway has counted.
func StatusOf(s function.Status, invocations float64) Status {
	return Status{
		Name:                   s.Name,
		Image:                  s.Image,
		Namespace:              Namespace,
		EnvProcess:             s.Process,
		EnvVars:                s.Environment,
		Constraints:            s.Constraints,
		Secrets:                s.Secrets,
		Labels:                 s.Labels,
		Annotations:            s.Annotations,
		Limits:                 resourcesOf(s.Limits),
		Requests:               resourcesOf(s.Requests),
		ReadOnlyRootFilesystem: s.ReadOnly,
		InvocationCount:        invocations,
		Replicas:               s.Replicas,
		AvailableReplicas:      s.Available,
		CreatedAt:              s.Created,
		Version:                s.Version,
		Trouble:                s.Trouble,
	}
}

func (r *Resources) amounts() function.Resources {
	if r == nil {
		return function.Resources{}
	}
	return function.Resources(*r)
}

func resourcesOf(r function.Resources) *Resources {
	if r == (function.Resources{}) {
		return nil
	}
	return &Resources{r.Memory, r.CPU}
}
