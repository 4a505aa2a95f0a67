package platform

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// pack writes what lies below dir as a tar stream, in the order of the names:
// folders, files and links, links as links. Nothing is told of owners, and a
// .git at the top stays here: it borrows objects from this machine, and a build
// that finds half a repository fails where it would be content with none.
//
// The format is GNU's: the tar of busybox reads no long names in another.
func pack(ctx context.Context, w io.Writer, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("pack a checkout: %w", err)
	}
	defer func() { _ = root.Close() }() // nothing was written
	tw := tar.NewWriter(w)
	err = fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if path == ".git" {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if path == "." {
			return nil
		}
		return packEntry(tw, root, path)
	})
	if err == nil {
		err = tw.Close()
	}
	if err != nil {
		return fmt.Errorf("pack a checkout: %w", err)
	}
	return nil
}

func packEntry(tw *tar.Writer, root *os.Root, path string) error {
	name := filepath.FromSlash(path)
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	header := &tar.Header{
		Format: tar.FormatGNU, Name: path, Mode: int64(info.Mode().Perm() | 0o600),
		ModTime: info.ModTime().Truncate(time.Second),
	}
	switch info.Mode().Type() {
	case fs.ModeDir:
		header.Typeflag, header.Name, header.Mode = tar.TypeDir, path+"/", header.Mode|0o700
		return tw.WriteHeader(header)
	case fs.ModeSymlink:
		header.Typeflag = tar.TypeSymlink
		if header.Linkname, err = root.Readlink(name); err != nil {
			return err
		}
		return tw.WriteHeader(header)
	case 0:
	default: // a socket, a pipe: nothing that a commit has
		return nil
	}
	file, err := root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	header.Typeflag, header.Size = tar.TypeReg, info.Size()
	if err := tw.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.CopyN(tw, file, info.Size())
	return err
}

// unpack reads the files of a tar stream that are wanted into files, by the name
// that wanted gives them, each at most limit bytes: what is behind them is cut
// off. What else a stream may hold is passed over.
func unpack(r io.Reader, limit int64, files map[string][]byte, wanted func(name string) (string, bool)) error {
	left := int64(maxRead)
	for _, text := range files {
		left -= int64(len(text))
	}
	for tr := tar.NewReader(r); ; {
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpack files: %w", err)
		}
		name, ok := wanted(header.Name)
		if header.Typeflag != tar.TypeReg || !ok {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(tr, limit))
		if err != nil {
			return fmt.Errorf("unpack %s: %w", header.Name, err)
		}
		if left -= int64(len(content)); left < 0 {
			return fmt.Errorf("the files that match have more than %d bytes", maxRead)
		}
		files[name] = content
	}
}
