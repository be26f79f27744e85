// Hands a text or some bytes to the browser as a file to keep.

export function saveFile({ name, content, type }: { name: string; content: string | Blob; type: string }): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
