// Command backstay carries fixes from a project's newer code to its release
// branches.
package main

import (
	"os"

	"backstay.dev/backstay/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:]))
}
