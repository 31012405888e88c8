/** The bundler puts the text of such a file where it is imported. */
declare module "*.html" {
  const text: string;
  export = text;
}
