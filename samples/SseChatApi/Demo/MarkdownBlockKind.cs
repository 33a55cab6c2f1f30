namespace SseChatApi.Demo;

internal enum MarkdownBlockKind
{
    Paragraph,
    List,
    Table,
    Code,
}
